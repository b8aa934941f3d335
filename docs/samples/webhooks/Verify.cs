using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

public static class Webhook
{
    const long ToleranceSeconds = 300;

    // Whether the request is ours: the headers webhook-id, webhook-timestamp and webhook-signature
    // as they came, and the body's raw bytes, before anything has parsed them.
    public static bool IsGenuine(
        string secret, string webhookId, string timestamp, string signatures, byte[] body)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (!long.TryParse(timestamp, out long sent) || Math.Abs(now - sent) > ToleranceSeconds)
            return false;
        byte[] key = Convert.FromBase64String(secret.Replace("whsec_", ""));
        byte[] head = Encoding.UTF8.GetBytes(webhookId + "." + timestamp + ".");
        using (var hmac = new HMACSHA256(key))
        {
            byte[] digest = hmac.ComputeHash(head.Concat(body).ToArray());
            byte[] expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(digest));
            // There are two while a secret is being replaced.
            return signatures.Split(' ').Any(given =>
                CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected));
        }
    }
}
