using System.CommandLine;

namespace Viper.Cli.Commands;

/// <summary>Arguments that several verbs take.</summary>
internal static class CommonArguments
{
    internal static Argument<string> Name() => new("NAME") { Description = "The VM's name." };

    internal static Argument<string[]> Names() => new("NAME") { Description = "The VMs' names.", Arity = ArgumentArity.OneOrMore };

    internal static Argument<string> OperationId() => new("ID") { Description = "The operation's id, op_…." };

    /// <summary>The pairs of repeated <c>k=v</c> flags.</summary>
    internal static Dictionary<string, string>? Labels(string[]? pairs)
    {
        if (pairs is null or { Length: 0 })
        {
            return null;
        }

        Dictionary<string, string> labels = [];
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=');
            if (equals <= 0)
            {
                throw new UsageException($"'{pair}' is not a label: key=value.");
            }

            labels[pair[..equals]] = pair[(equals + 1)..];
        }

        return labels;
    }
}
