/** The certificate and the protocol that the broker's address answers with. Connects, asks nothing. */
import { isIP } from "node:net";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { codeOf, fail, ok, warn, type Finding } from "./finding.ts";

const TIMEOUT = 10_000;
const DAY = 86_400_000;
const SOON = 21;

export const checkTls = async (
  base: URL,
  at: URL,
  { now, ca }: { now: () => number; ca?: string | undefined },
): Promise<Finding[]> => {
  const hostname = base.hostname.replace(/^\[|\]$/g, "");
  const options: ConnectionOptions = {
    host: at.hostname.replace(/^\[|\]$/g, ""),
    port: Number(at.port || 443),
    ...(isIP(hostname) ? {} : { servername: hostname }),
    ALPNProtocols: ["h2", "http/1.1"],
    rejectUnauthorized: false,
    ...(ca === undefined ? {} : { ca }),
  };
  let socket: TLSSocket;
  try {
    socket = await handshake(options);
  } catch (error) {
    return [
      fail("tls_none", `TLS of ${base.host}`, {
        expected: "a TLS handshake",
        came: codeOf(error),
        todo: "let the proxy answer with TLS at this address",
      }),
    ];
  }
  // Node's type says Error; with `rejectUnauthorized: false` it is the code alone.
  const wrong = socket.authorizationError as unknown as string | Error | null;
  const ends = Date.parse(socket.getPeerCertificate().valid_to);
  const [version, alpn] = [socket.getProtocol(), socket.alpnProtocol || "http/1.1"];
  socket.destroy();
  const findings = [certificate(base, typeof wrong === "string" ? wrong : (wrong?.message ?? ""))];
  const days = Math.floor((ends - now()) / DAY);
  const about = { expected: `${SOON} days or more`, came: `${days} days`, todo: "renew it" };
  if (days < SOON)
    findings.push(
      (days < 0 ? fail : warn)("tls_expires", "days until the certificate expires", about),
    );
  else findings.push(ok("tls_expires", `the certificate, for ${days} more days`));
  findings.push(
    (await takesOld(options))
      ? warn("tls_old", "TLS 1.0 and 1.1", {
          expected: "refused",
          came: "accepted",
          todo: "allow TLS 1.2 and 1.3 only",
        })
      : ok("tls_version", `${version}, ${alpn}`),
  );
  return findings;
};

const TODO: Record<string, string> = {
  ERR_TLS_CERT_ALTNAME_INVALID: "get a certificate for this host name",
  CERT_HAS_EXPIRED: "renew it",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "serve the whole chain, intermediate certificates included",
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "browsers refuse it. For an authority of your own: NODE_EXTRA_CA_CERTS here, and in every browser",
};

const certificate = (base: URL, wrong: string): Finding => {
  if (!wrong) return ok("tls_certificate", `the certificate of ${base.hostname}`);
  return fail("tls_certificate", `the certificate of ${base.hostname}`, {
    expected: "one that browsers take for this name",
    came: wrong,
    todo: TODO[wrong] ?? "get a certificate that browsers trust",
  });
};

const handshake = (options: ConnectionOptions): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect(options, () => resolve(socket));
    socket.setTimeout(TIMEOUT, () =>
      socket.destroy(Object.assign(new Error(), { code: "ETIMEDOUT" })),
    );
    socket.once("error", reject);
  });

const takesOld = async (options: ConnectionOptions): Promise<boolean> => {
  const old = {
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT:@SECLEVEL=0",
  } as const;
  try {
    (await handshake({ ...options, ...old })).destroy();
    return true;
  } catch {
    return false;
  }
};
