using System.Globalization;
using System.Text.Json;

namespace Viper.Bench;

/// <summary>Rows as a table and as a file.</summary>
internal static class BenchReport
{
    public static void Write(string path, IReadOnlyList<BenchRow> rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(rows, BenchJson.Default.IReadOnlyListBenchRow) + "\n");
    }

    public static void Print(IReadOnlyList<BenchRow> rows)
    {
        Console.WriteLine();
        Console.WriteLine($"  {"name",-22}{"unit",-6}{"ours",12}{"floor",12}{"ratio",9}{"low",9}{"bar",10}{"rounds",8}");
        foreach (BenchRow row in rows)
        {
            string bar = row.MaxRatio is { } ratio ? $"≤ {Text(ratio)}" : row.MaxValue is { } value ? $"≤ {Text(value)}" : "report";
            Console.WriteLine(
                $"  {row.Name,-22}{row.Unit,-6}{Text(row.Ours),12}{Text(row.Floor),12}{Text(row.Ratio),9}{Text(row.RatioLow),9}{bar,10}{row.Rounds,8}{(row.IsMet ? "" : "  MISSED")}");
        }

        Console.WriteLine();
    }

    private static string Text(double? value) => value?.ToString("0.###", CultureInfo.InvariantCulture) ?? "";
}
