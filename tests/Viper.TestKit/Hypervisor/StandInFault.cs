namespace Viper.TestKit.Hypervisor;

/// <summary>A request at which a stand-in goes wrong.</summary>
/// <param name="Operation">The operation, such as vm.boot; empty for every one.</param>
/// <param name="Kind">How it goes wrong.</param>
/// <param name="Occurrence">At which of its requests, counted from 1; 0 for each.</param>
public sealed record StandInFault(string Operation, StandInFaultKind Kind, int Occurrence = 0)
{
    /// <summary>How long a slow answer takes.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Reads "vm.boot=Panic" or "vm.info#2=Slow:500", as <see cref="ToString"/> writes it.</summary>
    public static StandInFault Parse(string text)
    {
        string[] halves = text.Split('=', 2);
        string[] place = halves[0].Split('#', 2);
        string[] kind = halves[1].Split(':', 2);
        StandInFault fault = new(place[0], Enum.Parse<StandInFaultKind>(kind[0]), place.Length == 2 ? int.Parse(place[1], null) : 0);
        return kind.Length == 2 ? fault with { Delay = TimeSpan.FromMilliseconds(int.Parse(kind[1], null)) } : fault;
    }

    public override string ToString() => $"{Operation}#{Occurrence}={Kind}:{(int)Delay.TotalMilliseconds}";
}
