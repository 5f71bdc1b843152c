/** A secret by standard input: one text, without the newline at its end. No error quotes it. */

export type Stdin = AsyncIterable<Uint8Array> & { isTTY?: boolean | undefined };

/** More than any value may have, whatever its script. */
const MOST_BYTES = 64 * 1024;

/** @throws Error for the operator. */
export const readStdin = async (stdin: Stdin): Promise<string> => {
  if (stdin.isTTY)
    throw new Error(
      "invalid_value: standard input is a terminal, which would show the value. Redirect a file or a pipe to it",
    );
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += chunk.length;
    if (size > MOST_BYTES)
      throw new Error("invalid_value: what came on standard input is too long");
    chunks.push(chunk);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Error("invalid_value: what came on standard input is not UTF-8 text");
  }
  return text.replace(/\r?\n$/, "");
};
