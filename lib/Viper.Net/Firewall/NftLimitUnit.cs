namespace Viper.Net.Firewall;

/// <summary>The time that a rate is told for; the numbers are seconds.</summary>
public enum NftLimitUnit
{
    /// <summary>No time: not valid.</summary>
    None = 0,

    /// <summary>A second.</summary>
    Second = 1,

    /// <summary>A minute.</summary>
    Minute = 60,

    /// <summary>An hour.</summary>
    Hour = 3600,

    /// <summary>A day.</summary>
    Day = 86_400,
}
