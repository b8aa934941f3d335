const crypto = require("node:crypto");

const TOLERANCE_SECONDS = 300;

// Whether the request is ours: the headers webhook-id, webhook-timestamp and webhook-signature as
// they came, and the body's raw bytes (a Buffer), before anything has parsed them.
function isGenuine(secret, webhookId, timestamp, signatures, body) {
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(age <= TOLERANCE_SECONDS)) return false; // also when it is no number
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const hmac = crypto.createHmac("sha256", key);
  hmac.update(`${webhookId}.${timestamp}.`).update(body);
  const expected = Buffer.from("v1," + hmac.digest("base64"));
  // There are two while a secret is being replaced.
  return signatures.split(" ").some((text) => {
    const given = Buffer.from(text);
    return given.length === expected.length && crypto.timingSafeEqual(given, expected);
  });
}

module.exports = { isGenuine };
