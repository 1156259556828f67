namespace Viper.Hypervisor;

/// <summary>A moment on the way to a machine's end.</summary>
public enum StopStep
{
    /// <summary>The power button is about to be pressed.</summary>
    PowerButton,

    /// <summary>The guest was not off when its grace was over, or the button could not be pressed.</summary>
    PowerButtonFailed,

    /// <summary>The VMM is about to be told over its API to end.</summary>
    Quit,

    /// <summary>The VMM refused, did not answer, or was still there when the limit was over.</summary>
    QuitFailed,

    /// <summary>SIGTERM is about to be sent.</summary>
    Terminate,

    /// <summary>The VMM was still there when the limit was over.</summary>
    TerminateFailed,

    /// <summary>SIGKILL is about to be sent.</summary>
    Kill,

    /// <summary>The process is gone.</summary>
    Gone,
}
