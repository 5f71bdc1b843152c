/** Replies of strangers, read within a bound. Knows bytes; whose reply it is and what it means is the caller's. */

/** Statuses whose reply has no body (Fetch standard): a Response is not made with one. */
export const isBodiless = (status: number): boolean => [204, 205, 304].includes(status);

/** The whole body; `undefined` if it is longer than `most`, and then nobody waits for the rest. */
export const readBounded = async (
  response: Response,
  most: number,
): Promise<Buffer | undefined> => {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    bytes += read.value.length;
    if (bytes > most) {
      await reader?.cancel();
      return undefined;
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
};
