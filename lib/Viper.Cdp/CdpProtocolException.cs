namespace Viper.Cdp;

/// <summary>Chrome answered a command with an error; the connection is still usable.</summary>
public sealed class CdpProtocolException : CdpException
{
    internal CdpProtocolException(string method, int code, string text, string? data)
        : base(data is null ? $"{method} failed: {text} ({code})." : $"{method} failed: {text} ({code}): {data}")
    {
        Method = method;
        Code = code;
        ErrorText = text;
        ErrorData = data;
    }

    /// <summary>Gets the command.</summary>
    public string Method { get; }

    /// <summary>Gets the error's number, as JSON-RPC has them (-32601: no such command).</summary>
    public int Code { get; }

    /// <summary>Gets Chrome's text.</summary>
    public string ErrorText { get; }

    /// <summary>Gets what Chrome adds to the text; null when nothing.</summary>
    public string? ErrorData { get; }
}
