// Recognises names that are about LoRA: one of their words is lora or loras, as in `lora_1`, `styleLoras` and `LoRAWeights`,
// but not in `colorAdjust`. Pure.

/** Longer than any input's name. A longer name is about LoRA if it contains the word anywhere. */
const MAX_NAME_CHARS = 100;

export function isAboutLora(name: string): boolean {
  if (!/lora/i.test(name.length > MAX_NAME_CHARS ? name : name.normalize('NFKC'))) {
    return false;
  }
  return name.length > MAX_NAME_CHARS || /(?<!\p{L})loras?(?!\p{L})/iu.test(inSnakeCase(name));
}

function inSnakeCase(name: string): string {
  return (
    name
      .normalize('NFKC')
      // The usual spellings look like two words in camel case.
      .replaceAll(/LoRA|[Ll]oR[Aa]s?(?!\p{Ll})/gu, '_lora_')
      .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
      .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
  );
}
