/** One redirect URI per provider configuration: the defence against mix-up where providers send no `iss` [H3]. */
export const redirectUri = (base_url: string, provider: string): string =>
  `${base_url}/oauth/callback/${provider}`;
