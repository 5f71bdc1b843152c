/** What the page of a provider says where there is no OAuth: the part of page.ts that is about keys and passwords. */
import type { CredentialRecord, Provider } from "./schema.ts";

export const ofCredential = (provider: Provider, credential: CredentialRecord): string[] => {
  const { identity } = provider;
  const { in: place, name, template } = credential.injection;
  const labels = Object.values(credential.fields).map(({ label }) => label);
  const put =
    credential.kind === "basic"
      ? `Basic, \`${credential.user}:${credential.password}\` in base64`
      : place === "query"
        ? `\`?${name}=${template}\``
        : `\`${name}: ${template}\``;
  return [
    "It has no OAuth that users could go through: on the Connect page each of them gives a secret of their own " +
      `(${labels.join(", ")}), which the page forgets as soon as it is sent.`,
    ...("request" in identity
      ? [`It is checked by one call, \`${identity.request.method} ${identity.request.url}\`.`]
      : []),
    identity.source === "check"
      ? "The provider does not say whose account it is: a new key is a new grant, unless it is the very same or the user has come to renew one that is over."
      : "The same account again renews its grant.",
    `Its API takes it as ${put}; the SDK does that.`,
    "Nothing renews it: it is shown to the provider once a day, and the grant is over when it is refused.",
    "The provider is not told of a revocation: the secret is destroyed here alone.",
  ].map((text) => `- ${text}`);
};
