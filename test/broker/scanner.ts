/** Finds secrets in a text. Knows them by kind, and the ways in which URLs, headers and blobs spell them. */
/** What must not be read, by what it is. Filled while the flows run, from where each secret is born. */
export const secrets = new Map<string, Set<string>>();
export const keep = (kind: string, value: unknown): void => {
  if (typeof value !== "string" || value.length < 16) return;
  secrets.set(kind, (secrets.get(kind) ?? new Set()).add(value));
};

/** The kinds of secret in a text, also as a URL, a header or a blob would spell them. */
export const found = (text: string): string[] =>
  [...secrets]
    .filter(([, values]) =>
      [...values].some((value) => spellings(value).some((s) => text.includes(s))),
    )
    .map(([kind]) => kind)
    .sort();
/** As it is, and as a URL, a header or a blob would have it. */
export const spellings = (value: string): string[] => {
  const bytes = Buffer.from(value);
  return [
    value,
    encodeURIComponent(value),
    bytes.toString("hex"),
    // Whatever stands before it moves base64 by up to two bytes, so only the middle is sure.
    ...[0, 1, 2].flatMap((shift) => {
      const inner = Buffer.concat([Buffer.alloc(shift), bytes]);
      return [inner.toString("base64"), inner.toString("base64url")].map((s) => s.slice(4, -4));
    }),
  ];
};
