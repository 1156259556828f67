namespace Viper.Cdp;

/// <summary>The moment of a navigation that a caller waits for.</summary>
public enum CdpWaitUntil
{
    /// <summary>The page and what it embeds have loaded.</summary>
    Load,

    /// <summary>The document has been parsed.</summary>
    DomContentLoaded,

    /// <summary>The network has been idle for half a second.</summary>
    NetworkIdle,

    /// <summary>The answer has begun and the new document has replaced the old one.</summary>
    Commit,
}
