using System.Text;
using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Tests.Processes;

public sealed class ProcessStatTests
{
    private const string Line =
        "4242 (a (very) odd name) S 1 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 10 18446744073709551615\n";

    [Fact]
    public void TryParse_NameWithParentheses_FindsStateAndStart()
    {
        Assert.True(ProcessStat.TryParse(Encoding.ASCII.GetBytes(Line), out ProcessStat stat));
        Assert.Equal(new ProcessStat('S', 987654), stat);
    }

    [Fact]
    public void TryParse_CutAtEveryLength_NeverGivesAnotherNumber()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Line);
        for (int length = 0; length < bytes.Length; length++)
        {
            if (ProcessStat.TryParse(bytes.AsSpan(0, length), out ProcessStat stat))
            {
                Assert.Equal(987654, stat.StartTicks);
            }
        }
    }

    [Fact]
    public void TryParse_Mutated_NeverThrows()
    {
        Random random = new(42);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(Line);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _ = ProcessStat.TryParse(bytes, out _);
        }
    }
}
