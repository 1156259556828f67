namespace Viper.Net;

/// <summary>Shares a link among classes, each with a rate of its own (htb).</summary>
/// <param name="DefaultClass">The minor number of the class for what no filter puts elsewhere; 0: it is not limited.</param>
public sealed record ClassfulQueue(ushort DefaultClass) : TrafficQueue
{
    internal override string Kind => "htb";
}
