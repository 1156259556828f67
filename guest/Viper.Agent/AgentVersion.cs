namespace Viper.Agent;

/// <summary>The version of this program, as it is released.</summary>
internal static class AgentVersion
{
    /// <summary>The same as Version in Directory.Build.props; a test compares them. Reading it from the assembly would cost reflection at start.</summary>
    internal const string Text = "0.1.0";
}
