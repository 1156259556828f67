namespace Viper.Agent.Actions;

/// <summary>What was asked for cannot be done on this page as it is.</summary>
internal sealed class ActionException(int status, string code, string detail, Exception? inner = null) : Exception(detail, inner)
{
    internal int Status => status;

    internal string Code => code;
}
