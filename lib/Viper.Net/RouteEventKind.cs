namespace Viper.Net;

/// <summary>What happened.</summary>
public enum RouteEventKind
{
    /// <summary>The listener does not know what is there: it must list again. The first event, and the one after a loss.</summary>
    Resync,

    /// <summary>Something is new, or was changed.</summary>
    Changed,

    /// <summary>Something is gone.</summary>
    Deleted,
}
