/** A Response anew, with other headers and without `url`: same status, same body, still streaming. */
import { invalidResponse } from "./errors.ts";

/** Fetch standard, "null body status": a Response with one of these must not be given a body. */
const BODILESS = [101, 103, 204, 205, 304];

// Node cancels a body once its first Response is garbage, read or not. So the stream holds on to that.
const firstOf = new WeakMap<ReadableStream, Response>();

export const copyOf = (response: Response, headers: Headers): Response => {
  const { status, statusText } = response;
  if (status < 200 || status > 599)
    throw invalidResponse("The provider answered with a status that is none", status);
  const body = BODILESS.includes(status) ? null : response.body;
  if (body) firstOf.set(body, response);
  return new Response(body, { status, statusText, headers });
};
