namespace Viper.State;

/// <summary>What compacting a database gained.</summary>
/// <param name="BytesBefore">The size of its pages before.</param>
/// <param name="BytesAfter">The size of its pages after.</param>
public readonly record struct VacuumResult(long BytesBefore, long BytesAfter)
{
    /// <summary>Gets the number of bytes given back to the file system; a compact database may grow by a page.</summary>
    public long BytesGained => BytesBefore - BytesAfter;
}
