namespace Viper.Hypervisor.Processes;

/// <summary>One limit as a file of a control group.</summary>
/// <param name="Controller">The controller, as version 2 names it.</param>
/// <param name="File">The file's name in the group.</param>
/// <param name="Text">What to write.</param>
internal readonly record struct CgroupLimit(string Controller, string File, string Text);
