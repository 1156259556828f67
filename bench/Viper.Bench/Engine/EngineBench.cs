using Viper.Stage;

namespace Viper.Bench.Engine;

/// <summary>The rows of AREA=engine.</summary>
internal static class EngineBench
{
    public static async Task<IReadOnlyList<BenchRow>> RunAsync(StageOptions options, CancellationToken cancellationToken)
    {
        string tree = Path.GetFullPath(Path.Combine(options.Programs, "..", ".."));
        return [.. await new LeaseBench(tree).RunAsync(cancellationToken), .. await new VmBench(tree).RunAsync(cancellationToken)];
    }
}
