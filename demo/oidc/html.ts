/** HTML as values: every interpolation is escaped unless this module made it. Knows nothing of OAuth. */

const made = new WeakSet<object>();

export type Html = { readonly text: string };

export const html = (parts: TemplateStringsArray, ...values: unknown[]): Html => {
  const result = { text: parts.reduce((text, part, i) => text + render(values[i - 1]) + part) };
  // A look-alike that came in with a request must not pass for HTML, so the mark is identity.
  made.add(result);
  return result;
};

const render = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(render).join("");
  if (value === undefined) return "";
  return isHtml(value) ? value.text : String(value).replace(/[&<>"']/g, escape);
};

const isHtml = (value: unknown): value is Html =>
  typeof value === "object" && value !== null && made.has(value);

const escape = (character: string) => `&#${String(character.charCodeAt(0))};`;
