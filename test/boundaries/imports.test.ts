/** The house's import rules hold in the real tree, and each of them can fail: a bad tree reports it. */
import { describe, expect, it } from "vitest";
import type { Packages } from "./house.ts";
import { violations } from "./rules.ts";
import { read, sources } from "./tree.ts";

const dependenciesOf = (manifest: string): string[] => {
  const { dependencies = {} } = JSON.parse(read(manifest)) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies);
};

const packages: Packages = {
  broker: dependenciesOf("broker/package.json"),
  demo: dependenciesOf("demo/package.json"),
};

describe("the tree", () => {
  const all = sources();

  it("is seen at all", () => {
    for (const room of [
      "src/",
      "ways/",
      "popup/",
      "protocol/",
      "broker/src/",
      "sdk/src/",
      "demo/",
      "e2e/",
    ])
      expect(
        all.some(({ path }) => path.startsWith(room)),
        room,
      ).toBe(true);
  });

  it("keeps to the rules", () => {
    expect(violations(all, packages)).toEqual([]);
  });
});

describe("each rule can fail", () => {
  const complaints = (path: string, text: string): string[] =>
    violations([{ path, text }], packages).map((line) => line.replace(/^[^ ]+ /, ""));

  it.each([
    [
      "protocol/window.ts",
      'import { z } from "zod/mini";',
      "protocol/window may not import zod/mini",
    ],
    ["protocol/http.ts", 'import { x } from "node:fs";', "protocol/http may not import node:fs"],
    ["src/index.ts", 'import { h } from "preact";', "src may not import preact"],
    [
      "src/index.ts",
      'export * from "@alter-ai/protocol/http";',
      "src may not import @alter-ai/protocol/http",
    ],
    [
      "src/index.ts",
      'import { x } from "../popup/flow.ts";',
      "src may not import ../popup/flow.ts",
    ],
    ["ways/way.ts", 'import { x } from "react";', "ways may not import react"],
    [
      "ways/way.ts",
      'import { x } from "../src/attempt.ts";',
      "ways may not import ../src/attempt.ts",
    ],
    ["ways/react.ts", 'import { ref } from "vue";', "ways/react may not import vue"],
    ["ways/vue.ts", 'import { x } from "./react.ts";', "ways/vue may not import ./react.ts"],
    [
      "popup/App.tsx",
      'import type { X } from "../src/index.ts";',
      "popup may not import ../src/index.ts",
    ],
    [
      "popup/App.tsx",
      'type X = import("../broker/src/app.ts").X;',
      "popup may not import ../broker/src/app.ts",
    ],
    [
      "wallet/App.tsx",
      'import { x } from "../popup/flow.ts";',
      "wallet may not import ../popup/flow.ts",
    ],
    ["look/Frame.tsx", 'import { x } from "../wallet/a.ts";', "look may not import ../wallet/a.ts"],
    [
      "wallet/App.tsx",
      'import { x } from "../broker/src/app.ts";',
      "wallet may not import ../broker/src/app.ts",
    ],
    [
      "broker/src/vault.ts",
      'import { x } from "../../popup/api.ts";',
      "broker/src may not import ../../popup/api.ts",
    ],
    ["broker/src/vault.ts", 'import x from "left-pad";', "broker/src may not import left-pad"],
    ["sdk/src/index.ts", 'import { x } from "node:crypto";', "sdk/src may not import node:crypto"],
    [
      "sdk/src/index.ts",
      'import { x } from "../../broker/src/error.ts";',
      "sdk/src may not import ../../broker/src/error.ts",
    ],
    [
      "demo/app/app.ts",
      'import { x } from "../../sdk/src/index.ts";',
      "demo may not import ../../sdk/src/index.ts",
    ],
    [
      "e2e/happy.spec.ts",
      'import { x } from "../src/index.ts";',
      "e2e may not import ../src/index.ts",
    ],
    [
      "e2e/happy.spec.ts",
      'import x from "@alter-ai/connect";',
      "e2e may not import @alter-ai/connect",
    ],
    [
      "bench/connect.ts",
      'import { x } from "../src/index.ts";',
      "bench may not import ../src/index.ts",
    ],
    [
      "test/servers/app.ts",
      'const x = await import("../../sdk/src/index.ts");',
      "test/servers may not import ../../sdk/src/index.ts",
    ],
    ["src/index.ts", "const x = await import(name);", "src may not import (computed)"],
  ])("imports of a room: %s: %s", (path, text, complaint) => {
    expect(complaints(path, text)).toContain(complaint);
  });

  it.each([
    [
      "broker/src/config.ts",
      "export const key = process.env.KEY;",
      "only main reads the environment",
    ],
    [
      "broker/src/config.ts",
      'import { env } from "node:process"; env.KEY;',
      "only main reads the environment",
    ],
    [
      "broker/src/grants.ts",
      'import type { Context } from "hono";',
      "only app and routes see the HTTP framework (serve starts its server)",
    ],
    [
      "broker/src/grants.ts",
      'import { serve } from "@hono/node-server";',
      "only serve starts the HTTP server",
    ],
    [
      "broker/src/grants/refresh.ts",
      'import { Counter } from "prom-client";',
      "only log, prometheus and tracing see the libraries of those who watch",
    ],
    ["broker/src/routes/connect.ts", 'import { sql } from "kysely";', "only store sees SQL"],
    ["broker/src/audit.ts", 'import Database from "libsql";', "only store sees SQL"],
    [
      "broker/src/grants.ts",
      'import * as oauth from "oauth4webapi";',
      "only oauth sees the OAuth library",
    ],
    [
      "broker/src/routes/backend.ts",
      'import { jwtVerify } from "jose";',
      "only identity sees JWTs",
    ],
    [
      "broker/src/session.ts",
      "export const now = () => Date.now();",
      "session and policy are pure: no ambient state",
    ],
    [
      "broker/src/session.ts",
      "export const now = () => new Date();",
      "session and policy are pure: no ambient state",
    ],
    [
      "broker/src/session.ts",
      "export const id = () => globalThis.crypto.randomUUID();",
      "session and policy are pure: no ambient state",
    ],
    [
      "broker/src/policy.ts",
      'import { hash } from "node:crypto";',
      "session and policy are pure: values from protocol and error only",
    ],
    [
      "popup/flow.ts",
      'void fetch("/v1/connect/view");',
      "only api and early make requests, by way of post",
    ],
    [
      "popup/flow.ts",
      'navigator.sendBeacon("/v1/connect/page");',
      "only api and early make requests, by way of post",
    ],
    [
      "popup/App.tsx",
      'import { createApi } from "./api.ts";',
      "only main makes the api; flow gets it as an argument",
    ],
    [
      "popup/screens/Choose.tsx",
      'import type { Api } from "../api.ts";',
      "screens get props: they know neither api nor opener nor flow",
    ],
    [
      "popup/flow.ts",
      "window.opener.postMessage({}, origin);",
      "only opener touches window.opener",
    ],
    ["popup/flow.ts", "const { opener } = window;", "only opener touches window.opener"],
    ["popup/flow.ts", 'const o = window["opener"];', "only opener touches window.opener"],
    [
      "popup/flow.ts",
      "const here: Window = window; here.opener = null;",
      "only opener touches window.opener",
    ],
    ["wallet/flow.ts", "location.assign(url);", "only main and address touch location"],
    [
      "wallet/screens/Activity.tsx",
      'import type { Api } from "../api.ts";',
      "screens get props: they know neither api nor opener nor flow",
    ],
    [
      "wallet/flow.ts",
      'void fetch("/v1/wallet/view");',
      "only api and early make requests, by way of post",
    ],
    ["popup/flow.ts", "location.assign(url);", "only main and address touch location"],
    ["popup/flow.ts", "document.location.href = url;", "only main and address touch location"],
    [
      "src/listen.ts",
      'popup.postMessage({}, "*");',
      "'*' is a message target in popup/opener.ts only",
    ],
    [
      "popup/flow.ts",
      "opener.postMessage({}, { targetOrigin: '*' });",
      "'*' is a message target in popup/opener.ts only",
    ],
    ["popup/flow.ts", "const anyone = `*`;", "'*' is a message target in popup/opener.ts only"],
  ])("privileges: %s: %s", (path, text, complaint) => {
    expect(complaints(path, text)).toContain(complaint);
  });

  it("direction: a part may not import a route, and no circle may form", () => {
    const tree = [
      { path: "broker/src/grants.ts", text: 'import { x } from "./routes/connect.ts";' },
      { path: "broker/src/vault.ts", text: 'import { x } from "./audit.ts";' },
      { path: "broker/src/audit.ts", text: 'import { x } from "./vault.ts";' },
      { path: "broker/src/error.ts", text: 'import { x } from "./store.ts";' },
    ];
    expect(violations(tree, packages)).toEqual([
      "broker/src/grants.ts:1: imports go down, broker/src/routes/connect.ts is above",
      "broker/src/error.ts:1: imports go down, broker/src/store.ts is above",
      "broker/src/vault.ts: imports itself in a circle",
      "broker/src/audit.ts: imports itself in a circle",
    ]);
  });

  it("and what is allowed passes", () => {
    const tree = [
      { path: "protocol/http.ts", text: 'import { PHASES } from "./window.ts";' },
      { path: "src/listen.ts", text: 'import { x } from "@alter-ai/protocol/window";' },
      { path: "popup/opener.ts", text: 'say({ type: "ready" }, "*"); window.opener.closed;' },
      { path: "wallet/main.tsx", text: 'import { x } from "../look/post.ts"; location.href;' },
      { path: "popup/flow.ts", text: "export const f = ({ opener }) => opener.present();" },
      { path: "popup/main.tsx", text: 'import { createApi } from "./api.ts"; location.href;' },
      { path: "broker/src/main.ts", text: 'import { app } from "./app.ts"; process.env.PORT;' },
      { path: "broker/src/session.ts", text: 'import type { Config } from "./config.ts";' },
      { path: "demo/app/app.ts", text: 'import { App } from "@alter-ai/alter-sdk";' },
      { path: "e2e/world.ts", text: 'import { startIdp } from "../test/servers/idp.ts";' },
    ];
    expect(violations(tree, packages)).toEqual([]);
  });
});
