/** Finds secrets in a text. Knows them by kind, and the ways in which URLs, headers and blobs spell them. */

/** One for each file of tests: several may share their modules, and what one has kept is none of another's. */
export const createScanner = () => {
  /** What must not be read, by what it is. Filled while the flows run, from where each secret is born. */
  const secrets = new Map<string, Set<string>>();
  return {
    secrets,
    keep: (kind: string, value: unknown): void => {
      if (typeof value !== "string" || value.length < 16) return;
      secrets.set(kind, (secrets.get(kind) ?? new Set()).add(value));
    },
    /** The kinds of secret in a text, also as a URL, a header or a blob would spell them. */
    found: (text: string): string[] =>
      [...secrets]
        .filter(([, values]) =>
          [...values].some((value) => spellings(value).some((s) => text.includes(s))),
        )
        .map(([kind]) => kind)
        .sort(),
  };
};

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
