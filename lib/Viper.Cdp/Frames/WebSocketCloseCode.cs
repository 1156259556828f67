namespace Viper.Cdp.Frames;

/// <summary>Close codes of RFC 6455, 7.4.1. Codes of applications are 3000 to 4999.</summary>
public static class WebSocketCloseCode
{
    /// <summary>The purpose is fulfilled.</summary>
    public const int Normal = 1000;

    /// <summary>The peer goes away.</summary>
    public const int GoingAway = 1001;

    /// <summary>The peer broke the protocol.</summary>
    public const int ProtocolError = 1002;

    /// <summary>A kind of data that is not accepted.</summary>
    public const int Unsupported = 1003;

    /// <summary>The close frame had no code; never sent.</summary>
    public const int None = 1005;

    /// <summary>The connection ended without a close frame; never sent.</summary>
    public const int Abnormal = 1006;

    /// <summary>A text that is not UTF-8.</summary>
    public const int InvalidPayload = 1007;

    /// <summary>A message that breaks a rule of the application.</summary>
    public const int PolicyViolation = 1008;

    /// <summary>A message that is larger than what is accepted.</summary>
    public const int TooBig = 1009;

    /// <summary>The server met a condition that it did not expect.</summary>
    public const int InternalError = 1011;

    /// <summary>Tells whether a close frame may carry a code.</summary>
    public static bool IsSendable(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
