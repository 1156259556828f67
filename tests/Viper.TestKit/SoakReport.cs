using System.Globalization;

namespace Viper.TestKit;

/// <summary>The counts of <c>make test</c>, or of <c>make soak</c>, which also keeps figures in artifacts/soak.</summary>
public static class SoakReport
{
    /// <summary>Whether the full counts are asked for (VIPER_SOAK=1).</summary>
    public static bool IsSoak => Environment.GetEnvironmentVariable("VIPER_SOAK") == "1";

    /// <summary>How often, in <c>make test</c> or under soak.</summary>
    public static int Count(int ci, int soak) => IsSoak ? soak : ci;

    /// <summary>Keeps the figures of one test, under soak.</summary>
    public static void Write(string name, params (string Name, double Value)[] figures)
    {
        if (Environment.GetEnvironmentVariable("VIPER_SOAK_DIR") is { Length: > 0 } folder && IsSoak)
        {
            Directory.CreateDirectory(folder);
            IEnumerable<string> members = figures.Select(
                figure => string.Create(CultureInfo.InvariantCulture, $"\"{figure.Name}\": {Math.Round(figure.Value, 3)}"));
            File.WriteAllText(Path.Combine(folder, $"{name}.json"), $"{{\"name\": \"{name}\", {string.Join(", ", members)}}}\n");
        }
    }
}
