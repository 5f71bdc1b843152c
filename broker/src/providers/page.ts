/**
 * A provider's record as a page for whoever registers a client there: steps, redirect URI, scopes, hosts, what is
 * peculiar. `alter-broker providers show` prints it with the operator's own addresses, docs/providers/ with examples.
 */
import { ofCredential } from "./page-of-credentials.ts";
import type { Provider } from "./schema.ts";
import { namesIn } from "./template.ts";

export type PageFacts = {
  /** As the provider has to know it. */
  redirect_uri: string;
};

export const providerPage = (provider: Provider, facts: PageFacts): string =>
  [
    `# ${provider.name} (\`${provider.id}\`)`,
    heading(provider),
    provider.credential
      ? section("What users do", steps(provider))
      : section("Register a client", setup(provider, facts)),
    section("Configure it", configuration(provider)),
    ...(provider.credential ? [] : [section("Scopes", scopes(provider))]),
    section(
      provider.credential ? "Where a key may go" : "Where its tokens may go",
      hosts(provider),
    ),
    section("How it works here", [
      ...(provider.credential ? ofCredential(provider, provider.credential) : behaviour(provider)),
      ...management(provider),
    ]),
    section(
      "What to know",
      provider.notes.map((note) => `- ${note}`),
    ),
    section("Sources", sources(provider)),
  ]
    .filter((part) => part !== "")
    .join("\n\n");

const section = (title: string, lines: string[]): string =>
  lines.length ? `## ${title}\n\n${lines.join("\n")}` : "";

const heading = ({ experimental, docs_url, category }: Provider): string =>
  [
    ...(category === undefined ? [] : [`Category: ${category}.`]),
    experimental
      ? "**Experimental**: not all of this record is confirmed by the vendor or by two independent sources."
      : "",
    docs_url === undefined ? "" : `The vendor's own words: <${docs_url}>.`,
  ]
    .filter(Boolean)
    .join(" ");

const setup = (provider: Provider, { redirect_uri }: PageFacts): string[] => {
  const alias = provider.redirect_uri_alias;
  return [
    `Redirect URI: \`${redirect_uri}\``,
    ...(alias === undefined
      ? []
      : ["", `It is sent as \`${alias}\`: the name that the provider gives it.`]),
    "",
    ...steps(provider),
  ];
};

const steps = (provider: Provider): string[] =>
  provider.setup.map((step, i) => `${i + 1}. ${step}`);

const configuration = (provider: Provider): string[] => {
  const variables = Object.entries(provider.variables);
  const operators = variables.filter(
    ([, { chosen_by, default: value }]) => chosen_by === "operator" && value === undefined,
  );
  const { credential } = provider;
  const isBare = credential && !operators.length;
  const secret =
    provider.token_endpoint_auth_method === "none"
      ? []
      : ["        client_secret: ${" + envName(provider.id) + "}"];
  return [
    "```yaml",
    "apps:",
    "  - id: …",
    "    providers:",
    `      ${provider.id}:${isBare ? " {}" : ""}`,
    ...(credential ? [] : ["        client_id: …", ...secret]),
    ...(operators.length
      ? [
          `        variables: { ${operators.map(([name, { example = "…" }]) => `${name}: ${JSON.stringify(example)}`).join(", ")} }`,
        ]
      : []),
    "```",
    ...(variables.length
      ? ["", "| variable | what it is | who says it | default |", "|---|---|---|---|"]
      : []),
    ...variables.map(
      ([name, { label, chosen_by, example, default: value }]) =>
        `| \`${name}\` | ${label}${example === undefined ? "" : `, such as \`${example}\``} | ${chosen_by === "user" ? "the configuration, else the session (`providerVariables`), else the user" : "the configuration"} | ${value === undefined ? "" : `\`${value}\``} |`,
    ),
    ...inSession(provider),
  ];
};

/** For what the user would be asked, and the app may know already. */
const inSession = ({ id, variables, credential }: Provider): string[] => {
  const users = Object.entries(variables).filter(([, { chosen_by }]) => chosen_by === "user");
  if (!users.length) return [];
  const values = users.map(([name, { example = "…" }]) => `${name}: ${JSON.stringify(example)}`);
  const name = /^[a-z_]\w*$/.test(id) ? id : JSON.stringify(id);
  return [
    "",
    `In the session: \`providerVariables: { ${name}: { ${values.join(", ")} } }\`.`,
    `In the configuration${credential ? "" : ", beside `client_id`"}, for all users: \`variables: { ${values.join(", ")} }\`.`,
  ];
};

const envName = (id: string): string => `${id.toUpperCase().replaceAll("-", "_")}_CLIENT_SECRET`;

const scopes = ({ scopes: words, base_scopes, default_scopes }: Provider): string[] => {
  const rows = Object.entries(words).map(([scope, text]) => {
    const when = base_scopes.includes(scope)
      ? "always"
      : default_scopes.includes(scope)
        ? "where a client names none"
        : "";
    return `| \`${scope}\` | ${text} | ${when} |`;
  });
  if (!rows.length) return ["It has none: what the app may do is set in the vendor's console."];
  return [
    "| scope | what users read | asked for |",
    "|---|---|---|",
    ...rows,
    "",
    "For any other scope, say in your configuration what it allows: `providers: { … : { scopes: { <scope>: <words> } } }`.",
  ];
};

const hosts = ({
  identity_only,
  api_hosts,
  tenant_hosts,
  api_hosts_source,
}: Provider): string[] => [
  identity_only
    ? "Nowhere: no API takes them."
    : [...api_hosts, ...tenant_hosts.map(hostOf)].map((host) => `\`${host}\``).join(", "),
  ...(api_hosts_source === undefined
    ? []
    : ["", `${identity_only ? "" : "Source: "}${api_hosts_source.replace(/\.$/, "")}.`]),
];

const hostOf = (template: string): string =>
  /^\{\w+\}$/.test(template) ? `host of ${template}` : template;

const REFRESH = {
  always: "Refresh tokens come always",
  scope: "Refresh tokens need a scope, which is asked for",
  parameter: "Refresh tokens need a parameter, which is sent",
  setting: "Refresh tokens come where the client is set so",
  first_consent: "Refresh tokens come with a consent",
};

const behaviour = (provider: Provider): string[] => {
  const { refresh, captures } = provider;
  const brought = Object.entries(captures).flatMap(([name, { from }]) =>
    from === "callback" ? [`\`${name}\``] : [],
  );
  const said: [boolean, string][] = [
    [
      true,
      provider.pkce === "S256"
        ? "PKCE (S256) is sent."
        : "No PKCE is sent; state and the session's cookie carry the load.",
    ],
    [provider.iss_parameter, "`iss` comes with every authorization response, and is checked."],
    [provider.response_mode === "form_post", "It answers by a form that it posts."],
    [
      provider.hooks.callback !== undefined,
      "Its authorization response is signed, and the signature is checked before anything is consumed.",
    ],
    [
      provider.refuses_embedded_browsers,
      "It refuses the built-in browsers of apps: the page says so before it leaves.",
    ],
    [
      provider.approves_silently,
      `It does not ask again a user who has agreed before${provider.prompt === undefined ? "" : `, so \`prompt=${provider.prompt}\` is sent`}.`,
    ],
    [
      Object.keys(provider.choose_account).length > 0,
      `For a user who adds another account, ${parametersOf(provider.choose_account)} is sent.`,
    ],
    [
      provider.login_hint_parameter !== undefined,
      `An account that is connected again is named to it, as \`${provider.login_hint_parameter ?? ""}\`.`,
    ],
    [
      provider.opener === "severed",
      "Its pages cut the popup off from your page: the outcome comes by asking the broker.",
    ],
    [
      provider.identity.source === "none",
      "It does not say whose account it is: every connection is a new grant, labelled with its time.",
    ],
    [
      refresh.with === "refresh_token",
      refresh.with === "refresh_token" ? refreshWords(refresh) : "",
    ],
    [
      refresh.with === "access_token",
      "There are no refresh tokens: the token is renewed with itself, a week before it ends.",
    ],
    [
      refresh.with === "nothing",
      "Nothing renews its tokens: they last for ever, and are shown to the provider once a day, or the user comes back at their end and is announced ahead (`expiring`).",
    ],
    [
      Object.keys(captures).length > 0,
      `Your app reads as \`metadata\` of the grant: ${Object.keys(captures)
        .map((name) => `\`${name}\``)
        .join(", ")}.`,
    ],
    [
      brought.length > 0,
      `${brought.join(", ")} came with the user's browser, which can write anything there: it proves nothing until the provider's API agrees.`,
    ],
    [true, revocationWords(provider)],
    [
      provider.api_authorization.template !== "Bearer {token}" ||
        provider.api_authorization.header !== "Authorization",
      `Its API takes the token as \`${provider.api_authorization.header}: ${provider.api_authorization.template}\`; the SDK does that.`,
    ],
  ];
  return said.filter(([is]) => is).map(([, text]) => `- ${text}`);
};

/** Where a {name} stands in it, it is no address yet that anybody could follow. */
const management = ({ manage_url, credential }: Provider): string[] =>
  manage_url === undefined
    ? []
    : [
        `- At the provider, users see and end ${credential ? "their keys" : "what apps may do"} at ${namesIn(manage_url).length ? `\`${manage_url}\`` : `<${manage_url}>`}.`,
      ];

const days = (seconds: number): string => {
  const count = Math.round(seconds / 86_400);
  return seconds < 2 * 86_400 ? `${Math.round(seconds / 3_600)} hours` : `${count} days`;
};

const refreshWords = (refresh: Extract<Provider["refresh"], { with: "refresh_token" }>): string =>
  [
    REFRESH[refresh.obtained],
    refresh.rotates === "yes" ? ", and each use replaces the last" : "",
    refresh.grace_seconds
      ? ` (a used one is taken for ${Math.round(refresh.grace_seconds / 60)} minutes more)`
      : "",
    refresh.lifetime_seconds === undefined
      ? ""
      : `; one lives ${days(refresh.lifetime_seconds)}${refresh.sliding ? " from its last use" : ""}`,
    ".",
  ].join("");

const revocationWords = ({
  revocation,
  revocation_scope,
  revocation_endpoint,
  issuer,
}: Provider): string => {
  if (
    revocation.by === "nothing" ||
    (revocation.by === "rfc7009" && !revocation_endpoint && !issuer)
  )
    return "It has no way to be told of a revocation: tokens are destroyed here alone.";
  return revocation_scope === "token"
    ? "We revoke at the provider: this ends this grant's tokens alone."
    : "We revoke at the provider only if no other grant shares account and client: that would end as well.";
};

const sources = ({ sources: from, verified_at }: Provider): string[] =>
  from.length ? [`Compared on ${verified_at ?? "an unknown day"} with: ${from.join("; ")}.`] : [];

const parametersOf = (parameters: Record<string, string>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `\`${name}=${value}\``)
    .join(" and ");
