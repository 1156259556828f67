using System.Globalization;
using Microsoft.AspNetCore.Http;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

/// <summary>Typed parameters of paths and queries; parameters that nobody asks for are ignored.</summary>
internal static class RequestQuery
{
    /// <summary>The VM that the path names; one that no VM can have is not found.</summary>
    internal static string VmName(HttpContext context)
    {
        string? name = (string?)context.Request.RouteValues["name"];
        return Contracts.VmName.IsValid(name)
            ? name!
            : throw new ProblemException(Problem.Create(404, ProblemCodes.VmNotFound, $"No VM has that name; names match {Contracts.VmName.Pattern}."));
    }

    /// <summary>The VM that the query asks about; null for all.</summary>
    internal static string? VmFilter(HttpContext context)
    {
        string? vm = Text(context, "vm");
        return vm is null || Contracts.VmName.IsValid(vm) ? vm : throw ProblemException.Parameter("?vm", $"The name of a VM: {Contracts.VmName.Pattern}.");
    }

    internal static string? Text(HttpContext context, string name) =>
        context.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    internal static int Number(HttpContext context, string name, int fallback, int min, int max)
    {
        string? text = Text(context, name);
        return text is null ? fallback
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max ? number
            : throw ProblemException.Parameter("?" + name, $"A whole number from {min} to {max}.");
    }

    internal static bool Flag(HttpContext context, string name) => Text(context, name) switch
    {
        null or "0" or "false" => false,
        "" or "1" or "true" => true,
        _ => throw ProblemException.Parameter("?" + name, "true or false."),
    };

    /// <summary>One of a few words; null where the parameter is absent.</summary>
    internal static string? OneOf(HttpContext context, string name, IReadOnlyList<string> words)
    {
        string? text = Text(context, name);
        return text is null || words.Contains(text) ? text : throw ProblemException.Parameter("?" + name, $"One of {string.Join(", ", words)}.");
    }

    /// <summary>The pairs of <c>label=key:value</c>; null where there is none.</summary>
    internal static Dictionary<string, string>? Labels(HttpContext context)
    {
        if (!context.Request.Query.TryGetValue("label", out var values))
        {
            return null;
        }

        Dictionary<string, string> labels = [];
        foreach (string? pair in values)
        {
            int colon = pair?.IndexOf(':') ?? -1;
            if (colon <= 0)
            {
                throw ProblemException.Parameter("?label", "key:value.");
            }

            labels[pair![..colon]] = pair[(colon + 1)..];
        }

        return labels;
    }
}
