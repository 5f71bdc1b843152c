import { afterEach, describe, expect, it, vi } from "vitest";
import { App, ConfigurationError, type AppOptions } from "../../sdk/src/index.ts";
import { API_KEY } from "./doubles.ts";

const refusal = (options: Partial<AppOptions>): ConfigurationError => {
  try {
    new App({ apiKey: API_KEY, baseUrl: "https://connect.example.com", ...options });
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
};

describe("new App", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(["alter_rk_abc", "alter_key_abc"])("takes the key prefix of %s", (apiKey) => {
    expect(new App({ apiKey, baseUrl: "https://connect.example.com" })).toBeInstanceOf(App);
  });

  it.each([
    ["no key", undefined],
    ["an empty key", ""],
    ["a foreign key", "sk_live_abc"],
    ["a prefix alone", "alter_rk_"],
    ["a line break from a file", "alter_rk_abc\n"],
  ])("refuses %s without quoting it", (_, apiKey) => {
    const error = refusal({ apiKey: apiKey as string });
    expect(error.code).toBe("invalid_configuration");
    expect(error.message).toContain("apiKey");
    expect(error.message).not.toContain("abc");
  });

  it.each([
    ["https://connect.example.com", "https://connect.example.com"],
    ["https://connect.example.com/", "https://connect.example.com"],
    ["HTTPS://Connect.Example.com:443", "https://connect.example.com"],
    ["http://127.0.0.1:3001", "http://127.0.0.1:3001"],
    ["http://[::1]:3001", "http://[::1]:3001"],
    ["http://localhost:3001", "http://localhost:3001"],
  ])("takes the base URL %s", (baseUrl, origin) => {
    expect(new App({ apiKey: API_KEY, baseUrl }).baseUrl).toBe(origin);
  });

  it.each([
    "connect.example.com",
    "http://connect.example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "ftp://connect.example.com",
    "javascript:alert(1)",
    "https://connect.example.com/prefix",
    "https://connect.example.com/?a=b",
    "https://connect.example.com/#a",
    "https://user:pass@connect.example.com",
  ])("refuses the base URL %s", (baseUrl) => {
    const error = refusal({ baseUrl });
    expect(error.code).toBe("invalid_configuration");
    expect(error.message).toContain("baseUrl");
  });

  it("finds the base URL in the environment, and names the variable when it does not", () => {
    vi.stubEnv("ALTER_BASE_URL", "https://from.example.com");
    expect(new App({ apiKey: API_KEY }).baseUrl).toBe("https://from.example.com");
    vi.stubEnv("ALTER_BASE_URL", "");
    expect(refusal({ baseUrl: undefined }).message).toContain("ALTER_BASE_URL");
  });

  it("works where there is no process, and where reading the environment throws", () => {
    vi.stubGlobal("process", undefined);
    try {
      expect(refusal({ baseUrl: undefined }).message).toContain("ALTER_BASE_URL");
      vi.stubGlobal("process", {
        get env() {
          throw new Error("no permission");
        },
      });
      expect(refusal({ baseUrl: undefined }).message).toContain("ALTER_BASE_URL");
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it.each([0, -1, 1.5, NaN, 2 ** 31])("refuses the timeout %s", (timeout) => {
    expect(refusal({ timeout }).message).toContain("timeout");
  });
});
