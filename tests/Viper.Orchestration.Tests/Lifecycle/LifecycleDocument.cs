using System.Text;
using Viper.Contracts;
using Viper.Orchestration.Lifecycle;

namespace Viper.Orchestration.Tests.Lifecycle;

/// <summary>The lifecycle's tables as they are printed in <c>docs/lifecycle.md</c>.</summary>
internal static class LifecycleDocument
{
    public static string Commands() => Table(Enum.GetValues<VmCommand>(), VmLifecycle.On);

    public static string Occurrences() => Table(Enum.GetValues<VmOccurrence>(), VmLifecycle.On);

    /// <summary>What stands between the two marks of a table, without them.</summary>
    public static string Section(string document, string name)
    {
        (int start, int end) = Bounds(document, name);
        return document[start..end];
    }

    public static string WithSection(string document, string name, string content)
    {
        (int start, int end) = Bounds(document, name);
        return document[..start] + content + document[end..];
    }

    public static string Path()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Viper.sln")))
        {
            folder = folder.Parent;
        }

        return System.IO.Path.Combine(folder!.FullName, "docs", "lifecycle.md");
    }

    private static (int Start, int End) Bounds(string document, string name)
    {
        string mark = $"<!-- {name} -->\n";
        int start = document.IndexOf(mark, StringComparison.Ordinal) + mark.Length;
        int end = document.IndexOf("<!-- end -->", start, StringComparison.Ordinal);
        Assert.True(start >= mark.Length && end >= start, $"docs/lifecycle.md has no section {name}.");
        return (start, end);
    }

    private static string Table<T>(T[] columns, Func<string, T, VmOutcome> cell)
        where T : struct, Enum
    {
        StringBuilder text = new();
        text.Append("| status | ").AppendJoin(" | ", columns.Select(Words)).Append(" |\n");
        text.Append('|').Insert(text.Length, "---|", columns.Length + 1).Append('\n');
        foreach (string status in VmStatus.All)
        {
            text.Append($"| `{status}` | ").AppendJoin(" | ", columns.Select(c => Words(cell(status, c)))).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Words<T>(T column)
        where T : struct, Enum => string.Concat(column.ToString().Select((c, at) => at > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));

    private static string Words(VmOutcome outcome) => outcome.Verdict switch
    {
        VmVerdict.Go => Way(outcome),
        VmVerdict.Wait => "waits: " + Way(outcome),
        VmVerdict.Already => "as it is",
        VmVerdict.Refuse => $"409 `{outcome.Code}`",
        _ => "",
    };

    private static string Way(VmOutcome outcome) => string.Join(" → ", outcome.Way.Select(static s => s == VmLifecycle.Gone ? "gone" : $"`{s}`"));
}
