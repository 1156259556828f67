using System.Reflection;

namespace Viper.Orchestration;

/// <summary>The version of this build.</summary>
public static class EngineVersion
{
    /// <summary>Major, minor and patch, dotted.</summary>
    public static string Text { get; } =
        typeof(EngineVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
