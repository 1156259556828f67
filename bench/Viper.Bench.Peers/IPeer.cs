namespace Viper.Bench.Peers;

/// <summary>A client as its users write it.</summary>
internal interface IPeer : IAsyncDisposable
{
    /// <summary>One <c>Runtime.evaluate</c> of <c>1+1</c>.</summary>
    Task EvaluateAsync();

    /// <summary>So many messages of the console, until the last is here.</summary>
    Task HearAsync(int count);
}
