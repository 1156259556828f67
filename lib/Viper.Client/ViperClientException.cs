namespace Viper.Client;

/// <summary>A call that did not do what it was for.</summary>
public abstract class ViperClientException : Exception
{
    private protected ViperClientException(string message, Exception? cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether the same call can succeed later without change.</summary>
    public abstract bool IsTransient { get; }
}
