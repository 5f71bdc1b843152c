/**
 * What looks like a secret, in whatever a run leaves behind: logs, error bodies, rows, reports, traces. Knows how the
 * secrets of this product and of its test servers look; not which there were. Plain Node: `npm test` uses it too.
 * What a secret must be to be found: one of ours by its prefix, 256 bits in base64url, a JWT, or a canary.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { inflateRawSync } from "node:zlib";

/** Stands in every client secret and token that a test server makes up by itself. */
export const CANARY = "canary-";

const KINDS = [
  // In a database's file what the audit log keeps of a key, its first four characters, is followed by the next column.
  ["API key", /alter_(?:rk|key)_(?!.{4}writer_)(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}/g],
  ["session token", /alter_cs_[\w-]{8,}\.(?:r\.)?[\w-]{43}/g],
  ["JWT", /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g],
  ["canary", /canary-[\w-]{3,}/g],
  ["private key", /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/g],
  ["authorization header", /(?:Bearer|Basic) [\w.~+/-]{16,}/g],
  [
    "parameter",
    /[?&](?:code|state|handle|client_secret|(?:access|refresh|id)_token)=[\w.~%-]{16,}/g,
  ],
  // Cookies, states, verifiers, codes, opaque tokens, vault keys.
  [
    "256 bits",
    /(?<![\w+/-])(?=[\w+/-]*[A-Z])(?=[\w+/-]*[a-z])(?=[\w+/-]*\d)[\w+/-]{43}(?![\w+/-])/g,
  ],
];

/** In JSON a line break is two characters, which would belong to the word that follows. */
const read = (text) => text.replaceAll(/\\+[nrt"]/g, " ");

/** The kinds in a text, each once, with the beginning of the first: enough to find it, not enough to be it. */
export const leaksIn = (text, except = []) => {
  const words = read(text);
  return KINDS.flatMap(([kind, pattern]) => {
    if (except.includes(kind)) return [];
    const [first] = words.match(pattern) ?? [];
    return first === undefined ? [] : [`${kind} (${first.slice(0, 12)}…)`];
  });
};

/** Throws where there is one, and says where. */
export const expectNoLeak = (where, text, except = []) => {
  const found = leaksIn(text, except);
  if (found.length) throw new Error(`A secret is in ${where}: ${found.join(", ")}`);
};

/** All files below, archives by their entries. `allowed(path)` are places that secrets are for. */
export const leaksBelow = (folder, allowed = (_name) => false) =>
  filesBelow(folder)
    .map((path) => ({ path, name: relative(folder, path) }))
    .filter(({ name }) => !allowed(name))
    .flatMap(({ path, name }) =>
      textsOf(name, readFileSync(path)).flatMap(([place, text]) =>
        leaksIn(text).map((leak) => `${place}: ${leak}`),
      ),
    );

const filesBelow = (folder) => {
  const entries = statSync(folder, { throwIfNoEntry: false })
    ? readdirSync(folder, { withFileTypes: true })
    : [];
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
};

/** Bytes as they are: a database and a core dump are searched as well as a log. Images compress what they show. */
const textsOf = (name, bytes) => {
  if (/\.(?:png|jpe?g|webm|woff2?)$/.test(name)) return [];
  if (bytes.subarray(0, 2).toString() !== "PK") return [[name, bytes.toString("latin1")]];
  return entriesOf(bytes).flatMap(([entry, content]) => textsOf(`${name}!${entry}`, content));
};

/** A zip by its central directory, since that alone has the sizes of what was written as a stream. */
const entriesOf = (zip) => {
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  const entries = [];
  for (
    let at = end < 0 ? zip.length : zip.readUInt32LE(end + 16);
    zip.readUInt32LE(at) === 0x02014b50;
  ) {
    const size = zip.readUInt32LE(at + 20);
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const raw = zip.subarray(start, start + size);
    const content = zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(raw) : raw;
    entries.push([zip.toString("utf8", at + 46, at + 46 + name), content]);
    at += 46 + name + extra + comment;
  }
  return entries;
};
