namespace Viper.Net;

/// <summary>Lets packets leave at a rate and holds back the rest (tbf).</summary>
/// <param name="BytesPerSecond">The rate.</param>
/// <param name="BurstBytes">What may leave at once; at least one packet, and at least what the rate gives in 4 ms.</param>
/// <param name="LimitBytes">What may wait; more is dropped.</param>
public sealed record TokenBucketQueue(ulong BytesPerSecond, uint BurstBytes, uint LimitBytes) : TrafficQueue
{
    internal override string Kind => "tbf";
}
