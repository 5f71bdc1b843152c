/** What is wrong with a configuration: every key at once, so that an operator mends the file in one go. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "invalid_config";
  readonly issues: { key: string; message: string }[];

  constructor(issues: { key: string; message: string }[]) {
    super(issues.map(({ key, message }) => `${key}: ${message}`).join("\n"));
    this.issues = issues;
  }
}

/** Names a key of the configuration, and what is wrong with it. */
export type Complain = (key: string, message: string) => void;
