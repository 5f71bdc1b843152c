/**
 * A self-signed certificate, made in memory when a test needs one: Node reads X.509 and does not write it. Knows just enough
 * DER (ITU-T X.690) for one P-256 key, a validity and one name.
 */
import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { isIPv4 } from "node:net";

export type Certificate = { key: string; cert: string };

const DAY = 86_400_000;

export const makeCertificate = ({
  host,
  from = Date.now() - DAY,
  until = Date.now() + 90 * DAY,
}: {
  host: string;
  from?: number;
  until?: number;
}): Certificate => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(ECDSA_WITH_SHA256);
  const name = sequence(set(sequence(COMMON_NAME, tlv(0x0c, Buffer.from(host)))));
  const san = isIPv4(host)
    ? tlv(0x87, Buffer.from(host.split(".").map(Number)))
    : tlv(0x82, Buffer.from(host));
  const extensions = tlv(
    0xa3,
    sequence(
      sequence(SUBJECT_ALT_NAME, tlv(0x04, sequence(san))),
      // An authority too, so that a client told to trust it does.
      sequence(
        BASIC_CONSTRAINTS,
        tlv(0x01, Buffer.of(0xff)),
        tlv(0x04, sequence(tlv(0x01, Buffer.of(0xff)))),
      ),
    ),
  );
  const serial = randomBytes(8);
  serial[0] = 1;
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, serial),
    algorithm,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    extensions,
  );
  const signature = createSign("sha256").update(body).sign(privateKey);
  const der = sequence(body, algorithm, tlv(0x03, Buffer.concat([Buffer.of(0), signature])));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replaceAll(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`,
  };
};

const tlv = (tag: number, value: Buffer): Buffer => {
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), value]);
};
const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]): Buffer => tlv(0x31, Buffer.concat(parts));
/** GeneralizedTime, to the second. */
const time = (at: number): Buffer =>
  tlv(0x18, Buffer.from(`${new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, "")}`));

const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");
const SUBJECT_ALT_NAME = Buffer.from("0603551d11", "hex");
const BASIC_CONSTRAINTS = Buffer.from("0603551d13", "hex");
