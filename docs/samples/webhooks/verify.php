<?php

const TOLERANCE_SECONDS = 300;

// Whether the request is ours: the headers webhook-id, webhook-timestamp and webhook-signature as
// they came, and the raw body, file_get_contents('php://input'), before anything has parsed it.
function is_genuine(
    string $secret,
    string $webhookId,
    string $timestamp,
    string $signatures,
    string $body
): bool {
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $signed = "$webhookId.$timestamp.$body";
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    // There are two while a secret is being replaced.
    foreach (explode(' ', $signatures) as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}
