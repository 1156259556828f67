using System.Text;

namespace Viper.Cdp;

/// <summary>Names the one long text of a result that is to be handed on as it comes, and how it is written there.</summary>
public sealed class CdpPayload
{
    private readonly byte[][] _path;

    /// <summary>Names a text.</summary>
    /// <param name="isBase64">Whether its base64 is decoded to bytes; otherwise its JSON escapes are, to UTF-8.</param>
    /// <param name="path">The names of the members that lead to it from the result on (<c>result</c>, <c>value</c>).</param>
    public CdpPayload(bool isBase64, params ReadOnlySpan<string> path)
    {
        ArgumentOutOfRangeException.ThrowIfZero(path.Length);
        IsBase64 = isBase64;
        _path = new byte[path.Length + 1][];
        _path[0] = "result"u8.ToArray();
        for (var i = 0; i < path.Length; i++)
        {
            _path[i + 1] = Encoding.UTF8.GetBytes(path[i]);
        }
    }

    /// <summary>Gets the base64 of the member <c>data</c>: screenshots and PDF.</summary>
    public static CdpPayload Data { get; } = new(true, "data");

    /// <summary>Gets the text that <c>Runtime.evaluate</c> and <c>Runtime.callFunctionOn</c> give by value.</summary>
    public static CdpPayload TextValue { get; } = new(false, "result", "value");

    /// <summary>Gets a value indicating whether the text's base64 is decoded.</summary>
    public bool IsBase64 { get; }

    internal ReadOnlySpan<byte[]> Path => _path;
}
