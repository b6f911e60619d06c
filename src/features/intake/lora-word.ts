// Whether a name speaks of LoRA: one of its words is lora or loras, as in `lora_1`, `styleLoras` and `LoRAWeights`, and not
// in `colorAdjust`. Pure.

/** Longer than the names of a model's inputs are; where one speaks of LoRA in whatever way, it is taken to. */
const MAX_NAME_CHARS = 100;

export function speaksOfLora(name: string): boolean {
  if (!/lora/i.test(name.length > MAX_NAME_CHARS ? name : name.normalize('NFKC'))) {
    return false;
  }
  return name.length > MAX_NAME_CHARS || /(?<!\p{L})loras?(?!\p{L})/iu.test(inSnakeCase(name));
}

function inSnakeCase(name: string): string {
  return (
    name
      .normalize('NFKC')
      // The usual spellings are one word, though they look like two in camel case.
      .replaceAll(/LoRA|[Ll]oR[Aa]s?(?!\p{Ll})/gu, '_lora_')
      .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
      .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
  );
}
