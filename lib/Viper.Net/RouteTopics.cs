namespace Viper.Net;

/// <summary>What a <see cref="RouteMonitor"/> listens to.</summary>
[Flags]
public enum RouteTopics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Links that come, change and go.</summary>
    Links = 1,

    /// <summary>Addresses.</summary>
    Addresses = 2,

    /// <summary>Routes.</summary>
    Routes = 4,

    /// <summary>Neighbours, and forwarding entries of bridges.</summary>
    Neighbours = 8,

    /// <summary>Rules of the routing policy.</summary>
    Rules = 16,

    /// <summary>All of them.</summary>
    All = Links | Addresses | Routes | Neighbours | Rules,
}
