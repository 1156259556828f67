namespace Viper.State;

/// <summary>An event of the log.</summary>
/// <param name="Seq">Its number: from 1, one more with each, never given twice.</param>
/// <param name="Time">When it was appended; UTC, whole milliseconds.</param>
/// <param name="Type">The type.</param>
/// <param name="VmId">The VM's id, if it is about one.</param>
/// <param name="VmName">The VM's name, if it is about one.</param>
/// <param name="VmStatus">The VM's status right after the change.</param>
/// <param name="DataJson">What else there is to say, as JSON.</param>
public sealed record StoredEvent(
    long Seq, DateTimeOffset Time, string Type, string? VmId, string? VmName, string? VmStatus, string DataJson);
