// The SQL of a customer's terms: their own values, else those of their plan. One spelling for the gate, for minting and for
// the look-up of a key.

const planOf = (customer: string, field: string) =>
  `(SELECT ${field} FROM plans WHERE plans.id = ${customer}.plan_id)`;

/** A missing plan would allow nothing; no plan is deleted while a customer is on it. */
export const limitsOf = (customer: string) => `CASE WHEN ${customer}.plan_id IS NULL THEN ${customer}.limits
    ELSE COALESCE(json_patch(${planOf(customer, 'limits')}, ${customer}.limits), '{"max_concurrent":0}') END`;

export const markupOf = (customer: string) =>
  `CASE WHEN ${customer}.markup_own = 1 OR ${customer}.plan_id IS NULL THEN ${customer}.markup_e4
    ELSE COALESCE(${planOf(customer, 'markup_e4')}, ${customer}.markup_e4) END`;

export const modelsOf = (customer: string) => planOf(customer, 'models');

/** The mark-up and models that price and admit a submit, as one text that the gate compares. */
export const termsOf = (customer: string) =>
  `${markupOf(customer)} || ' ' || COALESCE(${modelsOf(customer)}, '')`;
