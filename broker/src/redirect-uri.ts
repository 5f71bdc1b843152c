/** One redirect URI per provider configuration: the defence against mix-up where providers send no `iss` [H3]. */
export const redirectUri = (base_url: string, provider: string): string =>
  `${base_url}/oauth/callback/${provider}`;

/** One per app, and so per identity provider, at the Wallet: no code goes to another than the one that issued it [H3, W13]. */
export const walletRedirectUri = (base_url: string, app: string): string =>
  `${base_url}/wallet/callback/${app}`;
