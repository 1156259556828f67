using System.Runtime.InteropServices;
using System.Text;

namespace Viper.Agent.Interop;

/// <summary>A null-terminated array of null-terminated UTF-8 strings, as execve(2) takes arguments and environment.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte** _items;

    internal NativeStrings(IReadOnlyList<string> values)
    {
        var bytes = 0;
        foreach (var value in values)
        {
            if (value.Contains('\0'))
            {
                throw new ArgumentException("A program's argument cannot hold a NUL character.", nameof(values));
            }

            bytes += Encoding.UTF8.GetByteCount(value) + 1;
        }

        // SAFETY: one block holds the pointers and, behind them, all the text that they point to.
        var pointers = (values.Count + 1) * sizeof(byte*);
        _items = (byte**)NativeMemory.AllocZeroed((nuint)(pointers + bytes));
        var text = (byte*)_items + pointers;
        for (var i = 0; i < values.Count; i++)
        {
            _items[i] = text;
            text += Encoding.UTF8.GetBytes(values[i], new Span<byte>(text, bytes)) + 1;
        }
    }

    internal byte** Pointer => _items;

    public void Dispose()
    {
        NativeMemory.Free(_items);
        _items = null;
    }
}
