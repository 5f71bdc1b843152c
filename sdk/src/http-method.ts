/** The methods of `request`: a const object, so that `HttpMethod.GET` and plain `"GET"` are one type. */
export const HttpMethod = {
  GET: "GET",
  HEAD: "HEAD",
  POST: "POST",
  PUT: "PUT",
  PATCH: "PATCH",
  DELETE: "DELETE",
  OPTIONS: "OPTIONS",
} as const;
export type HttpMethod = (typeof HttpMethod)[keyof typeof HttpMethod];

/** Apps in JavaScript pass what they like. */
export const isHttpMethod = (method: string): method is HttpMethod =>
  Object.hasOwn(HttpMethod, method);
