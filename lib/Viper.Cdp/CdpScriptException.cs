namespace Viper.Cdp;

/// <summary>A script in the page threw.</summary>
public sealed class CdpScriptException : CdpException
{
    internal CdpScriptException(string text)
        : base($"The script threw: {text}") => ScriptText = text;

    /// <summary>Gets the exception's description, with the stack where Chrome gives one.</summary>
    public string ScriptText { get; }
}
