namespace Viper.Cli.Terminal;

/// <summary>Takes Ctrl+a t out of what is typed: it detaches. Ctrl+a Ctrl+a stands for one Ctrl+a.</summary>
/// <remarks>Ctrl+a and any other key pass as they are. Not thread-safe; keys may come in any pieces.</remarks>
internal sealed class DetachKeys
{
    private const byte ControlA = 1;

    private bool _afterControlA;

    /// <summary>Takes the next keys and writes what is for the guest.</summary>
    /// <param name="typed">The keys.</param>
    /// <param name="output">At least one byte longer than the keys.</param>
    /// <param name="count">How many bytes are for the guest.</param>
    /// <returns>Whether to detach, once those bytes have been sent.</returns>
    internal bool Filter(ReadOnlySpan<byte> typed, Span<byte> output, out int count)
    {
        count = 0;
        foreach (byte key in typed)
        {
            if (!_afterControlA)
            {
                if (key == ControlA)
                {
                    _afterControlA = true;
                }
                else
                {
                    output[count++] = key;
                }

                continue;
            }

            _afterControlA = false;
            if (key == (byte)'t')
            {
                return true;
            }

            output[count++] = ControlA;
            if (key != ControlA)
            {
                output[count++] = key;
            }
        }

        return false;
    }
}
