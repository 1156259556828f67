using System.Globalization;
using System.Text.Json;
using Viper.Contracts;

namespace Viper.Demo;

/// <summary>The timeline as a file and as a table.</summary>
internal static class TimelineReport
{
    public static void Write(string path, IReadOnlyList<TimelineStep> timeline) =>
        File.WriteAllText(path, JsonSerializer.Serialize(timeline, ViperJson.Default.IReadOnlyListTimelineStep) + "\n");

    public static void Print(IReadOnlyList<TimelineStep> timeline, IReadOnlyDictionary<string, double> guest)
    {
        const int BarWidth = 40;
        double total = timeline.Sum(static s => s.Ms);
        Console.WriteLine();
        Console.WriteLine("  step                ms");
        foreach (TimelineStep step in timeline)
        {
            string bar = new('█', (int)Math.Round(BarWidth * step.Ms / total));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {step.Step,-12}{step.Ms,10:0.0}  {bar}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {"total",-12}{total,10:0.0}"));
        if (guest.Count > 0)
        {
            Console.WriteLine();
            Console.WriteLine("  inside the guest, ms since its kernel started");
            foreach ((string name, double ms) in guest.OrderBy(static g => g.Value))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-20}{ms,10:0}"));
            }
        }

        Console.WriteLine();
    }
}
