using System.CommandLine;

namespace Viper.Cli.Commands;

/// <summary>Arguments that several verbs take.</summary>
internal static class CommonArguments
{
    internal static Argument<string> Name() => new("NAME") { Description = "The VM's name." };

    internal static Argument<string[]> Names() => new("NAME") { Description = "The VMs' names.", Arity = ArgumentArity.OneOrMore };

    internal static Argument<string> OperationId() => new("ID") { Description = "The operation's id, op_…." };

    /// <summary>The labels of repeated <c>k=v</c> flags.</summary>
    internal static Dictionary<string, string>? Labels(string[]? pairs) => Pairs(pairs, "label");

    /// <summary>The pairs of repeated <c>k=v</c> flags; null where there are none.</summary>
    internal static Dictionary<string, string>? Pairs(string[]? texts, string what)
    {
        if (texts is null or { Length: 0 })
        {
            return null;
        }

        Dictionary<string, string> pairs = [];
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=');
            if (equals <= 0)
            {
                throw new UsageException($"'{text}' is not a {what}: {(what == "label" ? "key=value" : "NAME=VALUE")}.");
            }

            pairs[text[..equals]] = text[(equals + 1)..];
        }

        return pairs;
    }
}
