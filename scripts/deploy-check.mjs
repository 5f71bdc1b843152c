/**
 * `npm run deploy-check`: the files of deploy/ tried as far as this machine can. The built broker behind a real nginx with
 * deploy/nginx.conf, asked by the doctor; nginx's logs searched for what must not be in them; systemd and Caddy asked what
 * they think of their files. What is not installed is named, and not run: it ends with 1 only for what went wrong.
 */
import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const BROKER = join(root, "broker/dist/main.js");
const HOST = "connect.example.com";
const CODE = "code-that-must-not-be-logged";
const TWIN = "query-of-another-path";

let wrong = 0;
const report = (what, problem) => {
  if (problem) wrong += 1;
  console.log(`${problem ? "FAIL" : "ok  "}  ${what}${problem ? `: ${problem}` : ""}`);
};

const run = (program, args, options = {}) =>
  new Promise((done) => {
    const child = execFile(program, args, { timeout: 120_000, ...options }, (error, out, err) =>
      done({ code: error?.code === "ENOENT" ? "ENOENT" : child.exitCode, out, err }),
    );
  });

const isThere = async (program, ...args) => (await run(program, args)).code !== "ENOENT";

const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** Until it answers, or has ended. */
const answers = async (url, child) => {
  for (let i = 0; i < 200 && child.exitCode === null; i += 1) {
    if ((await fetch(url).catch(() => undefined))?.ok) return true;
    await new Promise((next) => setTimeout(next, 50));
  }
  return false;
};

const configure = (folder, port) => {
  const file = join(folder, "alter.json");
  const hash = createHash("sha256").update("key").digest("hex");
  const config = {
    base_url: `https://${HOST}`,
    listen: { host: "127.0.0.1", port },
    storage: { sqlite: "./alter.db" },
    vault: { keys: [{ id: "k1", key: "${VAULT_KEY}" }] },
    trusted_proxies: ["127.0.0.1"],
    private_addresses: ["127.0.0.0/8"],
    apps: [
      {
        ...{ id: "demo", name: "Demo", origins: ["https://app.example.org"] },
        api_keys: [{ id: "first", hash: `sha256:${hash}` }],
        identity_provider: { name: "I", issuer: `http://127.0.0.1:${port}`, audience: "a" },
        providers: {},
      },
    ],
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
};

/** Ports, certificate and folders of this run; all else as it stands. */
const nginxConfig = (folder, { broker, http, https }) => {
  const text = readFileSync(join(root, "deploy/nginx.conf"), "utf8")
    .replace(
      "worker_processes auto;",
      `worker_processes 1;\npid ${folder}/nginx.pid;\nerror_log ${folder}/error.log;`,
    )
    .replace("listen 80;", `listen 127.0.0.1:${http};`)
    .replace("listen 443 ssl http2;", `listen 127.0.0.1:${https} ssl http2;`)
    .replace("server 127.0.0.1:3001;", `server 127.0.0.1:${broker};`)
    .replaceAll("/etc/nginx/tls/connect.example.com", `${folder}/tls`)
    .replaceAll("/var/log/nginx/", `${folder}/`)
    .replace(
      "http {",
      `http {\n${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path ${folder}/${name};`).join("\n")}`,
    );
  const file = join(folder, "nginx.conf");
  writeFileSync(file, text);
  return file;
};

const makeCertificate = async (folder) => {
  const how = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90"];
  const made = await run("openssl", [
    ...["req", "-x509", ...how, "-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`],
    ...["-keyout", join(folder, "tls.key"), "-out", join(folder, "tls.pem")],
  ]);
  if (made.code !== 0) throw new Error(`openssl made no certificate: ${made.err}`);
};

/** A broker, that proxy before it, and the doctor at the proxy; then `more`, with all of them running. */
const behind = async (folder, ports, [program, ...args], more = async () => {}) => {
  const env = {
    ...process.env,
    VAULT_KEY: randomBytes(32).toString("base64"),
    NODE_EXTRA_CA_CERTS: join(folder, "tls.pem"),
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
  const config = configure(folder, ports.broker);
  const serve = [BROKER, "serve", "--config", config];
  const broker = spawn(process.execPath, serve, { env, stdio: "ignore" });
  const proxy = spawn(program, args, { env, stdio: "ignore" });
  try {
    const up = await answers(`http://127.0.0.1:${ports.broker}/healthz`, broker);
    report("the broker starts", up ? "" : "it does not");
    const outside = `https://127.0.0.1:${ports.https}`;
    const asked = ["doctor", "--config", config, "--json", "--from-outside", outside];
    const doctor = await run(process.execPath, [BROKER, ...asked], { env });
    const { findings = [] } = JSON.parse(doctor.out || "{}");
    report(`the doctor has looked through ${program}`, findings.length ? "" : doctor.err);
    for (const one of findings.filter(({ area }) => area.startsWith("from outside")))
      report(
        `${one.code}: ${one.what}`,
        one.state === "ok" ? "" : `${one.expected}, came ${one.came}. ${one.todo ?? ""}`,
      );
    await more(broker);
  } finally {
    broker.kill();
    proxy.kill();
  }
};

const behindNginx = async (folder, ports) => {
  const conf = nginxConfig(folder, ports);
  const checked = await run("nginx", ["-t", "-p", folder, "-c", conf]);
  report("nginx -t deploy/nginx.conf", checked.code === 0 ? "" : checked.err);
  if (checked.code !== 0) return;
  await behind(
    folder,
    ports,
    ["nginx", "-p", folder, "-c", conf, "-g", "daemon off;"],
    async (broker) => {
      const plain = await fetch(`http://127.0.0.1:${ports.http}/connect`, { redirect: "manual" });
      report("http leads to https", plain.status === 308 ? "" : String(plain.status));
      const curl = ["-sk", "-o", "/dev/null", "--resolve", `${HOST}:${ports.https}:127.0.0.1`];
      const ask = (path) => run("curl", [...curl, `https://${HOST}:${ports.https}${path}`]);
      await ask(`/oauth/callback/demo?state=s&code=${CODE}`);
      broker.kill();
      await new Promise((done) => broker.once("exit", done));
      // Nobody behind it: this is when nginx writes whole requests down.
      await ask(`/oauth/callback/demo?state=s&code=${CODE}`);
      await ask(`/connect?twin=${TWIN}`);
      const logs = ["alter-broker.log", "error.log"]
        .map((name) => readFileSync(join(folder, name), "utf8"))
        .join("");
      report(
        "the callback is logged",
        logs.includes("GET /oauth/callback/demo") ? "" : "it is not",
      );
      report("no code is logged", logs.includes(CODE) ? "one is" : "");
      report(
        "(elsewhere nginx does log a query then)",
        logs.includes(TWIN) ? "" : "so this proves nothing",
      );
    },
  );
};

const behindCaddy = async (folder, ports) => {
  const file = join(root, "deploy/Caddyfile");
  const checked = await run("caddy", ["validate", "--adapter", "caddyfile", "--config", file]);
  report("caddy validate deploy/Caddyfile", checked.code === 0 ? "" : checked.err);
  const own = join(folder, "Caddyfile");
  const text = readFileSync(file, "utf8")
    .replace(/^#.*$/m, "{\n\tadmin off\n\tauto_https off\n}")
    .replace(
      `${HOST} {`,
      `https://${HOST}:${ports.https} {\n\tbind 127.0.0.1\n\ttls ${folder}/tls.pem ${folder}/tls.key`,
    )
    .replace("127.0.0.1:3001", `127.0.0.1:${ports.broker}`);
  writeFileSync(own, text);
  await behind(folder, ports, ["caddy", "run", "--adapter", "caddyfile", "--config", own]);
};

const freePorts = async () => ({
  broker: await freePort(),
  http: await freePort(),
  https: await freePort(),
});

const systemd = async (folder) => {
  const unit = join(folder, "alter-broker.service");
  // Its program is where a package would put it; here only its form and its walls are looked at.
  writeFileSync(
    unit,
    readFileSync(join(root, "deploy/alter-broker.service"), "utf8").replace(
      "file:///opt/alter-broker/docs/deployment.md",
      "man:systemd.service(5)",
    ),
  );
  const verified = await run("systemd-analyze", ["verify", unit]);
  const about = `${verified.out}${verified.err}`
    .split("\n")
    .filter((line) => line.includes("alter-broker"));
  report("systemd-analyze verify", about.length ? about.join("; ") : "");
  const security = await run("systemd-analyze", ["security", "--offline=true", "--no-pager", unit]);
  const level = /exposure level for \S+: ([\d.]+)/i.exec(`${security.out}${security.err}`)?.[1];
  report(
    `systemd-analyze security: exposure ${level}`,
    Number(level) < 2 ? "" : "expected less than 2",
  );
};

const folder = mkdtempSync(join(tmpdir(), "deploy-check-"));
try {
  await makeCertificate(folder);
  if (await isThere("nginx", "-v")) await behindNginx(folder, await freePorts());
  else console.log("not run: nginx is not installed");
  if (await isThere("caddy", "version")) await behindCaddy(folder, await freePorts());
  else console.log("not run: caddy is not installed");
  if (await isThere("systemd-analyze", "--version")) await systemd(folder);
  else console.log("not run: systemd-analyze is not installed");
  console.log(
    "not run: deploy/Containerfile and deploy/compose.yaml (they need a container engine)",
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong ? 1 : 0;
